"""Make a map at full statistics."""

from lecture_utils.teacher_student.maps import main

main()
