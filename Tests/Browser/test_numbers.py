"""What people type as a phone number, judged by libphonenumber's examples of every country."""
import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

FORMATS = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.RFC3966]

#: Inside Argentina a mobile number has a 15 in its middle that is a 9 in front abroad: where, only a table of areas tells.
UNKNOWN = {("AR", "011 15-2345-6789")}

READ_ALL = """async cases => {
    const { parseNumber } = await import(OTPless.asset("countries.js"))
    return cases.map(([region, typed]) => parseNumber(typed, region).number)
}"""


def cases():
    """Region, what is typed, and the number that is meant."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, kind)
            if not number:
                continue
            meant = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            for format in FORMATS:
                yield region, phonenumbers.format_number(number, format), meant
            international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
            yield region, international.replace("+", "00 "), meant
            yield "FR" if region == "DE" else "DE", f" {international}\u200f\n", meant


def test_a_number_is_understood_in_every_format_of_its_country(page):
    known = [case for case in cases() if case[:2] not in UNKNOWN]
    page.goto("/")
    read = page.evaluate(READ_ALL, [case[:2] for case in known])
    wrong = [(*case, number) for case, number in zip(known, read) if number != case[2]]
    assert len(known) > 2500 and not wrong, wrong


@pytest.mark.parametrize("region, typed, number", [
    ("DE", "+49 (0) 171 2345678", "+491712345678"),
    ("DE", "tel:+49-171-2345678", "+491712345678"),
    ("US", "(650) 555-0142", "+16505550142"),
    ("US", "1 650 555 0142", "+16505550142"),
    ("US", "650.555.0142 ext. 12", "+16505550142"),
    ("EG", "٠١٠٠١٢٣٤٥٦٧", "+201001234567"),
    ("IN", "०९८१२३ ४५६७८", "+919812345678"),
    ("IT", "0577 123456", "+390577123456"),
    ("CA", "+1 613 555 0142", "+16135550142"),
    ("US", "+999 12345678", "+99912345678"),
    ("US", "", None),
    ("US", "hello", None),
    ("US", "+", None),
])
def test_a_number_is_understood_as_people_write_it(page, region, typed, number):
    page.goto("/")
    assert page.evaluate(READ_ALL, [[region, typed]]) == [number]
