"""Where letters are written when there are many: a process of its own, beside the one that sends.

A page takes as long to write as to send, so with a second processor both go at once; and a template that
needs too much time or memory ends that process, not the one that holds conversations and claims (S09).

Nothing is imported here: what the process loads is what its start costs.
"""
