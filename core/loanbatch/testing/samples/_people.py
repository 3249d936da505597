"""Invented persons, firms and places. Nothing here exists, and no number can belong to anybody.

Social security numbers start with 9 and have a middle below 50, which is never issued; telephone numbers are
555-01xx; employer numbers start with 00; addresses of mail and web end in example.com.
"""

from __future__ import annotations

from random import Random

from attrs import frozen

_FIRST = (
    "Ada Bruno Celia Dorian Elspeth Fabian Greta Hollis Ines Jonah Keira Lionel Maren Nestor Odile "
    "Pascal Quentin Rosalind Silas Thea Ulric Verena Wendell Xenia Yorick Zelda"
).split()
_LAST = (
    "Ashgrove Birchmoor Calloway Dunmere Elderfield Farrowby Greystone Hollowell Islington Jessamy "
    "Kestrelman Larkspur Merrivale Northam Oakhanger Penhallow Quillfeather Ravenhill Saltmarsh "
    "Thistlewood Underhay Vantongeren Whitlowe Yarborough"
).split()
_STREETS = (
    "Larch Hollow Road|Old Mill Lane|Quarry Street|Sandpiper Court|Harvest Moon Drive|Ferry Avenue|"
    "Copperleaf Way|Granite Terrace|Windmill Boulevard|Heron Place"
).split("|")
_CITIES = (
    ("Marlow Falls", "OH", "44990"),
    ("Cedar Hollow", "WA", "98990"),
    ("Port Ellery", "ME", "04990"),
    ("Juniper Flats", "AZ", "85990"),
    ("Stonebridge", "PA", "18990"),
    ("Lake Ansel", "MN", "55990"),
    ("Briarton", "GA", "31990"),
    ("New Thornby", "CO", "80990"),
)
_LENDERS = (
    "Alder Creek Bank",
    "Juniper Harbor Savings Bank",
    "Meridian Vale Mortgage LLC",
    "Stonebridge Community Credit Union",
    "Larkfield Home Lending, Inc.",
    "First Thistle National Bank",
)
_STUDENT_LENDERS = (
    "Quillhaven Education Finance",
    "Bluefern Credit Union",
    "Campus Lantern Lending LLC",
    "Northgate Student Funding, Inc.",
)
_SCHOOLS = (
    "Marlow Falls State University",
    "Heronwood College",
    "Ellery Institute of Technology",
    "Cedar Hollow School of Nursing",
)
_AGENTS = ("Lantern Title Company", "Keystone Grove Escrow", "Harbor Oak Title Agency LLC")
_BROKERS = ("Heronfield Realty Group", "Marigold Homes Realty", "Twin Gables Real Estate")
_EMPLOYERS = (
    "Bramble & Finch Printing Co.",
    "Copper Kettle Foods Inc.",
    "Thornby Regional Clinic",
    "Slate River Logistics LLC",
    "Pinnacle Loom Textiles Corp.",
    "Ansel County School District",
)
_BANKS = (
    "Greywater Bank",
    "Harvest Mutual Bank",
    "Tamarack Federal Credit Union",
    "Bank of Ellery",
)
_JOBS = ("Machine Operator", "Staff Nurse", "Accountant", "Route Planner", "Teacher", "Analyst")

_INDIAN_FIRST = (
    "Aarohi Bhaskar Charulata Devansh Eshita Falguni Gaurang Hemangi Ishaan Jahnavi Kartikeya "
    "Lavanya Mihir Nandini Omkar Pranjali Ritwik Saumya Tanmay Urvashi Vedant Yamini"
).split()
_INDIAN_LAST = (
    "Achrekar Bhattathiri Chokshi Deshkar Ekbote Gokhle Haldankar Inamkar Joglekar Kaushalya "
    "Londhekar Mandrekar Nimbkar Oakwar Palshikar Rajadhyax Sabnisker Tembekar"
).split()
_INDIAN_BANKS = (
    ("Sarovar Gramin Bank", "Tilak Chowk Branch", "Nashikpur"),
    ("Kaveri Janata Bank Limited", "Lotus Circle Branch", "Maisurnagar"),
    ("Udayan Cooperative Bank Ltd.", "Station Road Branch", "Ratlampur"),
    ("Himadri Vidya Bank", "College Street Branch", "Shilapur"),
)
_INDIAN_PLACES = (
    ("Flat 12, Neem Residency", "Shanti Marg", "Nashikpur - 422 999"),
    ("House No. 41-C", "Temple Tank Road", "Maisurnagar - 570 999"),
    ("27, Gulmohar Society", "Ring Road", "Ratlampur - 457 999"),
    ("Plot 8, Sector 3", "Jalvihar", "Shilapur - 781 999"),
)
_COURSES = (
    ("B.Tech. in Computer Engineering", "Sahyadri Institute of Engineering", 48),
    ("M.Sc. in Data Science", "Lakemoor University, Northland", 24),
    ("MBBS", "Vidyaranya Medical College", 54),
    ("Post Graduate Diploma in Management", "Aravalli School of Business", 24),
)


@frozen(kw_only=True)
class Firm:
    """A lender, an agent, an employer, a bank."""

    name: str
    address: tuple[str, ...]
    contact: str
    phone: str
    email: str
    #: Employer number, licence or registration, as the form wants it.
    number: str


@frozen(kw_only=True)
class Person:
    """A borrower, a student, an employee."""

    name: str
    ssn: str
    address: tuple[str, ...]


@frozen(kw_only=True)
class IndianLoanParties:
    """Who is in an Indian education loan, and for what."""

    student: str
    co_applicant: str
    address: tuple[str, ...]
    bank: str
    branch: str
    city: str
    course: str
    institution: str
    course_months: int


def _phone(rng: Random) -> str:
    return f"({rng.randint(201, 989)}) 555-01{rng.randint(0, 99):02d}"


def address(rng: Random) -> tuple[str, str]:
    """Return street and city lines."""
    city, state, postal_code = rng.choice(_CITIES)
    return f"{rng.randint(11, 9899)} {rng.choice(_STREETS)}", f"{city}, {state} {postal_code}"


def full_name(rng: Random, last: str = "") -> str:
    """Return first and last name."""
    return f"{rng.choice(_FIRST)} {last or rng.choice(_LAST)}"


def person(rng: Random, last: str = "", home: tuple[str, ...] = ()) -> Person:
    """Return somebody, of the same family and home as somebody else where told."""
    ssn = f"9{rng.randint(0, 99):02d}-{rng.randint(1, 49):02d}-{rng.randint(1, 9999):04d}"
    return Person(name=full_name(rng, last), ssn=ssn, address=home or address(rng))


def _firm(rng: Random, names: tuple[str, ...]) -> Firm:
    name = rng.choice(names)
    contact = full_name(rng)
    return Firm(
        name=name,
        address=address(rng),
        contact=contact,
        phone=_phone(rng),
        email=f"{contact.split()[0].lower()}@example.com",
        number=f"00-{rng.randint(1000000, 9999999)}",
    )


def lender(rng: Random) -> Firm:
    """Return a mortgage lender."""
    return _firm(rng, _LENDERS)


def student_lender(rng: Random) -> Firm:
    """Return a lender of private education loans."""
    return _firm(rng, _STUDENT_LENDERS)


def settlement_agent(rng: Random) -> Firm:
    """Return a title company."""
    return _firm(rng, _AGENTS)


def real_estate_broker(rng: Random) -> Firm:
    """Return a real estate broker."""
    return _firm(rng, _BROKERS)


def employer(rng: Random) -> Firm:
    """Return an employer."""
    return _firm(rng, _EMPLOYERS)


def bank(rng: Random) -> Firm:
    """Return a bank with current accounts."""
    return _firm(rng, _BANKS)


def school(rng: Random) -> str:
    """Return a school's name."""
    return rng.choice(_SCHOOLS)


def job(rng: Random) -> str:
    """Return a job title."""
    return rng.choice(_JOBS)


def indian_loan_parties(rng: Random) -> IndianLoanParties:
    """Return the parties to an Indian education loan."""
    last = rng.choice(_INDIAN_LAST)
    student, parent = rng.sample(_INDIAN_FIRST, 2)
    name, branch, city = rng.choice(_INDIAN_BANKS)
    course, institution, months = rng.choice(_COURSES)
    return IndianLoanParties(
        student=f"{student} {parent} {last}",
        co_applicant=f"{parent} {last}",
        address=rng.choice(_INDIAN_PLACES),
        bank=name,
        branch=branch,
        city=city,
        course=course,
        institution=institution,
        course_months=months,
    )
