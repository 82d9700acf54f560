"""`report.json`: the contract (`docs/report.schema.json`)."""

from __future__ import annotations

import json

from mlgate.outcome import Report, report_to_dict


def render_json(report: Report) -> str:
    """The report as strict JSON in the order of the contract; what is not a finite number is null.

    Non-ASCII characters are written as escapes: then the text can always be encoded, whatever a name held.
    """
    return json.dumps(report_to_dict(report), allow_nan=False, indent=2) + "\n"
