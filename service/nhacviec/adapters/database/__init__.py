"""The stores in one relational database: SQLite or PostgreSQL, the same tables and the same promises."""
