"""Tools behind the book *Stochastic gradient descent, random matrix theory and phase diagrams*.

Every chapter has one module of the same name; `laws`, `ensembles` and `spectra` are shared by all
of them; what only the pages need is in `teaching`.
"""

__version__ = "1.0.0"
