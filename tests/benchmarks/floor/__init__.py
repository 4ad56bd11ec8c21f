"""The floor: a bare Django project on the same server, with the same database and its options.

It has what ``django-admin startproject`` gives (all seven middlewares), two tables and three addresses:
a plain page, an entry (a guarded update and an insert in one transaction), a mark (one update). Neither
forms, mail, templates nor accounts: what Escale adds to it is what the ratios measure.
"""
