"""Real SIP phones for tests: PJSUA2 desk phones and PSTN-side callers, and what each one heard.

`PhoneBank` runs each phone in a process of its own (a crash of the SIP library then fails one
test instead of killing pytest). `tones` measures which frequencies a recording holds.
"""

from tests.phones.bank import Phone, PhoneBank, PhoneCall, PhoneError
from tests.phones.tones import Tones, heard_hz, level_db, loudness_db, tones_over_time

__all__ = [
    "Phone",
    "PhoneBank",
    "PhoneCall",
    "PhoneError",
    "Tones",
    "heard_hz",
    "level_db",
    "loudness_db",
    "tones_over_time",
]
