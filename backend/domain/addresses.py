"""Addresses of machines: which of them are reached from this one alone."""

from ipaddress import IPv6Address, ip_address


def of_this_machine(address: str) -> bool:
    """Whether an address, written in numbers, is a loopback address; a name is none."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback
