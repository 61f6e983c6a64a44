"""Talking to a mail server: conversations, each kept open over many letters (DELIVERY §2.8–§2.10).

aiosmtplib begins a conversation (connect, greeting, EHLO, STARTTLS, AUTH); the letters themselves are ours,
because the order at the final dot is what the promise rests on (DELIVERY §2.5).
"""

from nhacviec.adapters.smtp.conversation import SmtpConnection, stuffed
from nhacviec.adapters.smtp.mailer import SmtpMailer
from nhacviec.adapters.smtp.server import Server, Timeouts, read_url
from nhacviec.adapters.smtp.token_file import token_from

__all__ = ["Server", "SmtpConnection", "SmtpMailer", "Timeouts", "read_url", "stuffed", "token_from"]
