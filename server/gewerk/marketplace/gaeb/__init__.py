"""Bills of quantities as files: GAEB DA XML 3.x (X83 request, X84 quote), CSV and XLSX.

Owns: ``Bill`` and its items (``bill``), reading and writing them (``reader``, ``writer``, ``tables``). Never: touches the database
or knows a request; ``queries.bills`` does. Source: GAEB DA XML 3.2, Leistungsverzeichnis (BoQ) of the exchange phases 83 and 84.
"""
