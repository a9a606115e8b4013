"""Mean spacings at one setting, or full statistics of many."""

from lecture_utils.rbm.full import main

main()
