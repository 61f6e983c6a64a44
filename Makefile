# Two words less for people who have make; ./nhacviec does everything.
demo test check bench:
	@./nhacviec $@
.PHONY: demo test check bench
