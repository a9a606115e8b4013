"""Exercises, one module a chapter: a dictionary ``CHECKERS``, and ``check(name, answer)``."""
