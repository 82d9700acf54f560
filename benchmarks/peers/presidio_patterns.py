"""Presidio on a column of texts, its recognizers by pattern only (no language model): entities by number of texts."""

from __future__ import annotations

import json
import sys

ENTITIES = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IP_ADDRESS": "ip_address",
    "CREDIT_CARD": "payment_card",
    "IBAN_CODE": "iban",
    "US_SSN": "national_id",
}


def main(path: str) -> None:
    import pyarrow.parquet as pq
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):  # type: ignore[misc]  # a tokenizer without a model
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            pass

    engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    counts = dict.fromkeys(ENTITIES.values(), 0)
    for text in pq.read_table(path)["text"].to_pylist():
        found = engine.analyze(text=text, language="en", entities=list(ENTITIES))
        for entity in {ENTITIES[item.entity_type] for item in found if item.score >= 0.4}:
            counts[entity] += 1
    print(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1])
