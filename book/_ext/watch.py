"""Run by the kernel of every page in a build: note which files of the project the page reads.

Python announces each opening of a file and each listing of a folder. Paths below PROJECT_ROOT are
appended to the file PROJECT_READS, one a line, folders with a slash at the end.
"""


def _watch():
    import os
    import sys
    from importlib.util import source_from_cache

    root = os.environ["PROJECT_ROOT"] + os.sep
    notes = os.open(os.environ["PROJECT_READS"], os.O_WRONLY | os.O_APPEND)
    seen = set()

    def note(event, arguments):
        if event == "open":
            path, mode, flags = arguments
            writes = mode[0] in "wax" if mode else flags & os.O_WRONLY
            end = ""
        elif event in ("os.listdir", "os.scandir"):
            path = arguments[0] or "."
            # Imports list folders to find modules; that one appears there changes no page.
            writes = "importlib" in sys._getframe(1).f_code.co_filename
            end = "/"
        else:
            return
        if writes or isinstance(path, int):
            return
        path = os.path.abspath(os.fsdecode(path))
        if path.endswith(".pyc"):
            path = source_from_cache(path)
        path += end
        if path.startswith(root) and path not in seen:
            seen.add(path)
            os.write(notes, os.fsencode(path) + b"\n")

    sys.addaudithook(note)


_watch()
del _watch
