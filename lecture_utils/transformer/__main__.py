"""Train at full statistics."""

from lecture_utils.transformer.full import main

main()
