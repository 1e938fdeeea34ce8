"""Where a postcode lies: positions of postcodes by country, how far two are apart, which lie around one, which towns to name.

What is delivered lies in ``data/`` (GeoNames, CC BY 4.0; see its README); what an operator took in with ``import_places`` lies in
the folder ``places`` of the data folder and replaces a country as a whole. Each country is read once per process, when it is first
asked for. A country or postcode that is not there has no position: nothing is guessed. Never: firms, properties, anybody's address;
no database, no network. Read first: ``table.py``, then ``distance.py``; ``geonames.py`` for taking a file in.
"""

from gewerk.places.distance import distance_km, distances_from, km_between, nearby
from gewerk.places.table import Position, key_of, position_of
from gewerk.places.towns import Town, towns

__all__ = [
    "Position",
    "Town",
    "distance_km",
    "distances_from",
    "key_of",
    "km_between",
    "nearby",
    "position_of",
    "towns",
]
