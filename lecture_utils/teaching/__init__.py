"""What only the pages need: verdicts and claims, figures, exercises, live figures.

Imports run one way, from here to the physics in `lecture_utils`, never back.
"""
