"""May this lead be called now, why not, and when? Pure: values in, verdicts out.

calling_hours  the hours in which a number may ring, in every time zone it may be in
rules          the table of rules; each answers with the first moment from which it passes
tries          those of them that count what was dialed before
case           what a rule is asked and answers
caller_id      which of the campaign's numbers is shown
places         in which regions somebody may be; place_names: what people call them
verdicts       all rules together, and the first moment at which all of them pass
number_zones   what people type → E.164, and every time zone a number may be in
address_zones  time zones of an address
local_days     local days as instants
"""

from callcenter.dialer.compliance.verdicts import (
    Verdict,
    allowed,
    at_dialing,
    first_due_at,
    refusals,
    verdicts,
)

__all__ = ["Verdict", "allowed", "at_dialing", "first_due_at", "refusals", "verdicts"]
