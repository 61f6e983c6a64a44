"""The other service's own programme: ``other_service.py fill|send|nothing LETTERS SIZE PORT DATABASE``.

Runs in its throw-away environment; nothing of nhacviec is imported here.
"""

import sys

import django
from django.conf import settings
from django.core.management import call_command

PROCESSES = 2


def main(what: str, letters: int, size: int, port: int, database: str) -> None:
    """Fill its database, send from it, or only start."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database, "OPTIONS": {"timeout": 60}}
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "BATCH_SIZE": 1000,
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()
    if what == "fill":
        fill(letters, size)
    elif what == "send":
        call_command("send_queued_mail", processes=PROCESSES)
        count_sent(letters)


def fill(letters: int, size: int) -> None:
    """Queue letters made of a template, as its users do."""
    from post_office import mail  # noqa: PLC0415 -- only once Django is set up
    from post_office.models import EmailTemplate  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    text = "Kính gửi {{ name }}: đề nghị báo cáo. " * (size // 200)
    EmailTemplate.objects.create(
        name="reminder", subject="Nhắc việc {{ name }}", content=text, html_content=text
    )
    for start in range(0, letters, 500):
        mail.send_many(
            [
                {
                    "recipients": [f"bt{n}@example.vn"],
                    "sender": "vanphong@example.vn",
                    "template": "reminder",
                    "context": {"name": f"Bí thư Chi bộ số {n}"},
                    "render_on_delivery": True,
                }
                for n in range(start, min(start + 500, letters))
            ]
        )


def count_sent(letters: int) -> None:
    """Make sure that it has done its work."""
    from post_office.models import STATUS, Email  # noqa: PLC0415 -- only once Django is set up

    sent = Email.objects.filter(status=STATUS.sent).count()
    if sent != letters:
        sys.exit(f"django-post_office has sent {sent} of {letters}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
