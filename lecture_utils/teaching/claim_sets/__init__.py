"""Claims, one module a page: a dictionary ``CLAIMS``, and ``claim(name, verdict)``."""
