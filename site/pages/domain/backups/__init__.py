"""Backups: one archive that holds the database, the files that people gave, and the register of erasures.

``snapshots`` copies and fills a database of either engine, ``archive`` is the file, ``taking`` makes one,
``restoring`` brings one back, and ``afterwards`` says what a site must do that was put back in time.
"""
