"""When: calendars, periods, recurrence, lunar dates, instants."""
