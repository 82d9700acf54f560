"""National identity numbers: how each is written, which words name it, and how often another number would pass.

Patterns are in the part of the syntax that RE2 and Python share, so that the engine looks for the same as Python.
"""

from __future__ import annotations

from mlgate.data.pii.context import vocabulary
from mlgate.late import dataclass

_GENERAL_TEXT = """
national_id national_identity national_identifier identity_number id_number citizen_id citizen nin nid
taxpayer tax_id tin identidad identidade identité ausweis personalausweis steuer identyfikacyjny
"""
GENERAL = vocabulary(_GENERAL_TEXT)
"""Words for identity numbers of any country."""

S = "[ -]?"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One country's number.

    Parameters
    ----------
    module : of the library stdnum, which knows its check digits and the dates in it
    name : in words
    form : pattern of how it is written so that it is taken wherever it stands; empty where words have to name it
    named : pattern of how it is written where words name it; empty for `form`
    words : words that name it, beside the general ones
    chance : share of other numbers of the form that would pass, from 4,000 random ones, rounded up
    checked : whether it has check digits; False where only its form and its ranges can be wrong
    digits : length where it is written in digits only; 0 where it never is
    telling : whether digits alone tell it: where nearly all values of a column pass, no word is needed
    """

    module: str
    name: str
    form: str = ""
    named: str = ""
    words: str = ""
    chance: float = 0.1
    checked: bool = True
    digits: int = 0
    telling: bool = False

    @property
    def known_words(self) -> frozenset[str]:
        return GENERAL | vocabulary(self.words)


SCHEMES: tuple[Scheme, ...] = (
    Scheme("us.ssn", "US social security number", form="[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}",
           named=f"[0-8][0-9]{{2}}{S}[0-9]{{2}}{S}[0-9]{{4}}", words="ssn social_security sss", chance=0.9,
           checked=False, digits=9),
    Scheme("us.itin", "US taxpayer number", form="9[0-9]{2}-[5-9][0-9]-[0-9]{4}", words="itin", chance=0.6,
           checked=False),
    Scheme("ca.sin", "Canadian social insurance number", named=f"[0-9]{{3}}{S}[0-9]{{3}}{S}[0-9]{{3}}",
           words="sin social_insurance", digits=9),
    Scheme("mx.curp", "Mexican CURP", form="[A-Z][AEIOUX][A-Z]{2}[0-9]{6}[HMX][A-Z]{2}[A-Z]{3}[0-9A-Z][0-9]",
           words="curp", chance=0.001),
    Scheme("mx.rfc", "Mexican RFC", form="[A-ZÑ&]{4}-?[0-9]{6}-?[0-9A-Z]{3}", words="rfc", chance=0.05),
    Scheme("br.cpf", "Brazilian CPF", form=r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", named="[0-9]{9}-?[0-9]{2}",
           words="cpf", chance=0.01, digits=11, telling=True),
    Scheme("ar.cuit", "Argentine CUIT", form="(?:20|23|24|25|26|27)-[0-9]{8}-[0-9]", named="2[034567][0-9]{9}",
           words="cuit cuil", chance=0.09, digits=11),
    Scheme("cl.rut", "Chilean RUT", form=r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9Kk]", named="[0-9]{7,8}-?[0-9Kk]",
           words="rut", chance=0.09),
    Scheme("ec.ci", "Ecuadorian cédula", named="[0-2][0-9]{8}-?[0-9]", words="cédula cedula", chance=0.07, digits=10),
    Scheme("do.cedula", "Dominican cédula", form="[0-9]{3}-[0-9]{7}-[0-9]", named="[0-9]{11}", words="cédula cedula",
           digits=11),
    Scheme("ve.rif", "Venezuelan RIF", named="[VE]-?[0-9]{8}-?[0-9]", words="rif"),
    Scheme("pe.cui", "Peruvian DNI", named="[0-9]{8}-?[0-9A-K]", words="dni cui", chance=0.1),
    Scheme("gb.nhs", "NHS number", named=f"[0-9]{{3}}{S}[0-9]{{3}}{S}[0-9]{{4}}", words="nhs nhs_number", chance=0.09,
           digits=10),
    Scheme("ie.pps", "Irish PPS number", named="[0-9]{7}[A-W][ABHWTX]?", words="pps ppsn", chance=0.05),
    Scheme("es.dni", "Spanish DNI", form="[0-9]{8}-?[A-HJ-NP-TV-Z]", named="[0-9]{8}-?[A-Za-z]", words="dni nif",
           chance=0.043),
    Scheme("es.nie", "Spanish NIE", form="[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]", named="[XYZxyz]-?[0-9]{7}-?[A-Za-z]",
           words="nie nif", chance=0.043),
    Scheme("pt.cc", "Portuguese citizen card", named="[0-9]{8} ?[0-9] ?[0-9A-Z]{2}[0-9]",
           words="cartão_cidadão cidadão cidadao"),
    Scheme("pt.nif", "Portuguese NIF", named="[1-9][0-9]{2} ?[0-9]{3} ?[0-9]{3}", words="nif contribuinte nipc",
           digits=9),
    Scheme("fr.nir", "French NIR", form="[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
           words="nir insee sécurité sociale", chance=0.011, digits=15, telling=True),
    Scheme("it.codicefiscale", "Italian codice fiscale",
           form="[A-Za-z]{6}[0-9L-Vl-v]{2}[A-EHLMPR-Ta-ehlmpr-t][0-9L-Vl-v]{2}[A-Za-z][0-9L-Vl-v]{3}[A-Za-z]",
           words="codice fiscale", chance=0.03),
    Scheme("ch.ssn", "Swiss AHV number", form=r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}",
           named=r"756[. ]?[0-9]{4}[. ]?[0-9]{4}[. ]?[0-9]{2}", words="ahv avs svnr navs", chance=0.11, digits=13,
           telling=True),
    Scheme("at.vnr", "Austrian insurance number", named="[1-9][0-9]{3}[ -]?[0-9]{6}",
           words="svnr sozialversicherung sozialversicherungsnummer vsnr svnummer", chance=0.08, digits=10),
    Scheme("de.idnr", "German tax number", form="[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}",
           named="[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
           words="idnr steuerid steueridentifikationsnummer steuernummer tin", chance=0.005, digits=11, telling=True),
    Scheme("nl.bsn", "Dutch BSN", named=r"[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}",
           words="bsn burgerservicenummer sofinummer sofi", chance=0.09, digits=9),
    Scheme("be.nn", "Belgian national number", form=r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}",
           named="[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{2}[ -]?[0-9]{3}[ .]?[0-9]{2}",
           words="rijksregisternummer insz niss rrn", chance=0.005, digits=11, telling=True),
    Scheme("se.personnummer", "Swedish personnummer", form=r"(?:19|20)?[0-9]{6}[-+][0-9]{4}",
           named="(?:19|20)?[0-9]{6}[-+]?[0-9]{4}", words="personnummer pnr personnr", chance=0.005, digits=12),
    Scheme("fi.hetu", "Finnish HETU", form="[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]", words="hetu henkilötunnus",
           chance=0.002),
    Scheme("dk.cpr", "Danish CPR number", named="[0-9]{6}-?[0-9]{4}", words="cpr cprnr personnummer", chance=0.04,
           checked=False, digits=10),
    Scheme("no.fodselsnummer", "Norwegian fødselsnummer", named="[0-9]{6} ?[0-9]{5}",
           words="fødselsnummer fodselsnummer fnr personnummer", chance=0.001, digits=11, telling=True),
    Scheme("is_.kennitala", "Icelandic kennitala", form="[0-9]{6}-[0-9]{4}", named="[0-9]{6}-?[0-9]{4}",
           words="kennitala", chance=0.005, digits=10),
    Scheme("pl.pesel", "Polish PESEL", named="[0-9]{11}", words="pesel", chance=0.02, digits=11, telling=True),
    Scheme("cz.rc", "Czech birth number", form="[0-9]{6}/[0-9]{4}", named="[0-9]{6}/?[0-9]{3,4}",
           words="rodné rodne rodné_číslo", chance=0.09, digits=10),
    Scheme("ro.cnp", "Romanian CNP", named="[1-9][0-9]{12}", words="cnp", chance=0.003, digits=13, telling=True),
    Scheme("bg.egn", "Bulgarian EGN", named="[0-9]{10}", words="egn егн", chance=0.02, digits=10, telling=True),
    Scheme("hr.oib", "Croatian OIB", named="[0-9]{11}", words="oib", digits=11),
    Scheme("si.emso", "Slovenian EMŠO", named="[0-9]{13}", words="emšo emso jmbg", chance=0.005, digits=13,
           telling=True),
    Scheme("ee.ik", "Estonian or Lithuanian code", named="[1-8][0-9]{10}", words="isikukood asmens kodas asmens_kodas",
           chance=0.005, digits=11, telling=True),
    Scheme("lv.pvn", "Latvian personal code", form="[0-3][0-9][01][0-9]{3}-[0-2][0-9]{4}", words="personas kods",
           chance=0.06),
    Scheme("gr.amka", "Greek AMKA", named="[0-9]{11}", words="amka αμκα", chance=0.005, digits=11, telling=True),
    Scheme("tr.tckimlik", "Turkish identity number", named="[1-9][0-9]{10}", words="tc kimlik tckn tckimlik",
           chance=0.01, digits=11, telling=True),
    Scheme("ua.rntrc", "Ukrainian tax number", named="[0-9]{10}", words="рнокпп іпн інн", chance=0.1, digits=10),
    Scheme("ru.inn", "Russian INN", named="[0-9]{12}", words="инн inn", chance=0.01, digits=12),
    Scheme("il.idnr", "Israeli identity number", named="[0-9]{7,8}-?[0-9]", words="teudat zehut teudat_zehut",
           digits=9),
    Scheme("za.idnr", "South African identity number", named="[0-9]{6} ?[0-9]{4} ?[0-9]{2} ?[0-9]",
           words="id_number rsa", chance=0.002, digits=13, telling=True),
    Scheme("in_.aadhaar", "Aadhaar number", named=f"[2-9][0-9]{{3}}{S}[0-9]{{4}}{S}[0-9]{{4}}",
           words="aadhaar aadhar uidai", digits=12),
    Scheme("in_.pan", "Indian PAN", named="[A-Z]{3}P[A-Z][0-9]{4}[A-Z]", words="pan pan_card income_tax", chance=1,
           checked=False),
    Scheme("cn.ric", "Chinese identity number", form="[1-9][0-9]{5}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]",
           words="身份证", chance=0.001, digits=18, telling=True),
    Scheme("kr.rrn", "Korean resident number", form="[0-9]{6}-[0-9]{7}", named="[0-9]{6}-?[0-9]{7}",
           words="rrn 주민등록번호", chance=0.006),
    Scheme("jp.in_", "Japanese individual number", named=f"[0-9]{{4}}{S}[0-9]{{4}}{S}[0-9]{{4}}",
           words="my_number マイナンバー 個人番号", digits=12),
    Scheme("th.pin", "Thai identity number", form="[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", named="[1-8][0-9]{12}",
           words="thai", chance=0.11, digits=13),
    Scheme("my.nric", "Malaysian NRIC", form="[0-9]{6}-[0-9]{2}-[0-9]{4}", words="nric mykad", chance=0.03,
           checked=False),
    Scheme("pk.cnic", "Pakistani CNIC", form="[1-7][0-9]{4}-[0-9]{7}-[1-9]", words="cnic nadra", chance=1,
           checked=False),
    Scheme("au.tfn", "Australian tax file number", named=f"[0-9]{{3}}{S}[0-9]{{3}}{S}[0-9]{{3}}", words="tfn",
           chance=0.09, digits=9),
    Scheme("nz.ird", "New Zealand IRD number", named=f"[0-9]{{2,3}}{S}[0-9]{{3}}{S}[0-9]{{3}}", words="ird",
           chance=0.09, digits=9),
)  # fmt: skip
"""Schemes in the order in which they are tried. Those of companies are left out."""
