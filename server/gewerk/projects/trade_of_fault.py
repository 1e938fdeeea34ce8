"""Which trade mends a fault of the tickets' catalogue: what an order suggests, never more."""

_OF_FAULT = {
    "electrics.bell": "aerials",
    "electrics.aerial": "aerials",
    "electrics.smoke_alarm": "fire_safety",
    "roof.gutter": "gutters",
    "roof.floor_wall": "masonry",
    "roof.stain": "plumbing",
    "windows_doors.glass": "glazing",
    "windows_doors.shutter": "blinds",
    "stairwell.light": "electrics",
    "stairwell.dirty": "cleaning",
    "stairwell.steps": "masonry",
    "stairwell.letterbox": "caretaking",
    "stairwell.laundry": "kitchen",
    "mould.mould": "painting",
    "mould.damp": "sealing",
    "outside.ice": "winter_service",
    "outside.path": "paving",
    "outside.waste": "clearance",
    "outside.garage": "metalwork",
    "outside.outside_light": "electrics",
    "equipment.fan": "heating",
    "equipment.furniture": "joinery",
}
_OF_GROUP = {
    "water": "plumbing",
    "heating": "heating",
    "electrics": "electrics",
    "roof": "roofing",
    "windows_doors": "joinery",
    "lift": "lifts",
    "pests": "pest_control",
    "keys": "locks",
    "outside": "garden",
    "equipment": "kitchen",
}


def trade_of_fault(code: str) -> str:
    """A code of ``firms.trades``; empty where none suggests itself."""
    return _OF_FAULT.get(code) or _OF_GROUP.get(code.partition(".")[0], "")
