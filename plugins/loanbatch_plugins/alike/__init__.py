"""Do two texts of different documents mean the same: a person, a company, an address, an id?

A library without hooks. Printed variants are the same (order, initials, abbreviations, case), and
so are slips of recognition; when in doubt, two texts differ.
"""

from loanbatch_plugins.alike._addresses import same_address
from loanbatch_plugins.alike._organizations import same_organization
from loanbatch_plugins.alike._persons import fullest, same_person
from loanbatch_plugins.alike._values import same_identifier, same_text, same_value

__all__ = [
    "fullest",
    "same_address",
    "same_identifier",
    "same_organization",
    "same_person",
    "same_text",
    "same_value",
]
