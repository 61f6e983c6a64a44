# Two words less for people who have make; ./nhacviec does everything.
demo test check bench chaos:
	@./nhacviec $@
.PHONY: demo test check bench chaos
