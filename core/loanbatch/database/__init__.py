"""Databases that may be lost and come back: opening them, and transactions safe to repeat.

Both stores work through this, the job records and the tables of the plugin `records`, each with
connections of its own, one per thread.
"""

from loanbatch.database._migrating import Step, bring_up_to_date, version_of
from loanbatch.database._patient import PatientDatabase

__all__ = ["PatientDatabase", "Step", "bring_up_to_date", "version_of"]
