"""How a mail server's moods are answered (DELIVERY §2.8, §2.9); pure: seconds and chance are arguments."""
