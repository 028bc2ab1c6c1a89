"""The site in the browser: a list and a form for each kind of record, prompts, and the changes
that wait to be applied.

subjects     what is shown and asked for each kind (one table)
form         a form's texts ↔ a record of the domain
choices      what a select offers
records      the list, the form, saving, deleting
prompts      audio: play, upload
settings     the site's own settings, and the site as a file
phone_card   what to type into a softphone, with its secret
config       diff, apply, roll back, through the controller
"""

from web.site.blueprint import blueprint

__all__ = ["blueprint"]
