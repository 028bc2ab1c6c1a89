"""Campaigns, leads and do-not-call in the browser.

subject       the campaign's form (one table), and how it reads and writes the record
campaigns     list, form, start and stop
lists         lead lists: figures, recycle, export
imports       a file's way in: upload, columns, progress, rows left out
import_rows   how its first rows would be read, and the first that were left out
leads         search, one lead with why it is not dialed; lead_form: added or changed by hand
callbacks     what was promised, for supervisors and for the agent
do_not_call   numbers; do_not_call_files, consents: by the file; permissions_api: for other programs
conditions    the questions a condition on leads is put together with
seen          what a supervisor may look at: campaigns and lists of the own queues
preview       an agent's next lead: dial or skip
"""

from web.campaigns.blueprint import blueprint

__all__ = ["blueprint"]
