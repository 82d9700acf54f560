"""Top-level domains that mailboxes are found at: those of countries, the original ones, and the common newer ones."""

from __future__ import annotations

_COUNTRIES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg
ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi
gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw
ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng
ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn
so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws
ye yt za zm zw
"""
_GENERIC = """
com org net edu gov mil int arpa info biz name pro aero coop museum mobi jobs travel tel cat asia post xxx
app dev ai cloud online site store shop tech website blog space live life world today news media agency company email
group team work works digital solutions services systems software network studio design academy school university
college education institute foundation ngo ong charity church health healthcare hospital clinic dental doctor care
pharmacy physio fitness finance financial bank insurance insure capital fund investments money cash credit loan tax
accountant accountants law legal attorney lawyer consulting management partners holdings ventures enterprises industries
international global earth center centre city town community social club guru expert tips help support chat link click
xyz top icu fun vip one win bid trade market markets marketing sale deals discount promo auction exchange estate house
homes property properties land apartments rent rentals build builders construction contractors engineering energy solar
green eco bio organic farm garden flowers food pizza restaurant cafe bar pub wine beer coffee kitchen recipes catering
hotel holiday vacations tours flights cruises taxi limo car cars auto autos bike parts repair tools supply supplies
equipment factory glass watch jewelry fashion style clothing shoes boutique gifts toys games game play casino bet poker
sport football golf tennis run yoga dance music band audio video film movie photo photos photography pictures gallery
art ink press book page wiki info guide directory events party wedding family baby kids dog pet vet men gay love date
dating singles moe lol wtf fyi ninja rocks cool zone plus best international black blue red pink gold
berlin hamburg koeln cologne wien tirol bayern nrw ruhr saarland swiss zuerich paris bzh alsace corsica london scot
wales cymru irish brussels vlaanderen gent amsterdam frl gal eus barcelona madrid istanbul moscow tokyo osaka kyoto
nagoya okinawa yokohama nyc boston miami vegas quebec rio lat capetown joburg durban africa melbourne sydney kiwi
google youtube gmail microsoft azure apple amazon aws ibm sap oracle siemens bosch bmw audi volkswagen basf bayer abb
airbus boeing dhl ups fedex toyota honda sony canon samsung hyundai philips ikea lego barclays citi hsbc santander
bnpparibas allianz axa deloitte kpmg pwc ey mit cern
codes computer science domains hosting host server icloud data base ink llc ltd gmbh inc srl sarl limited

"""
RESERVED = frozenset(["example", "test", "invalid", "localhost"])
"""Set aside by RFC 2606: nobody has a mailbox there."""
_KNOWN = frozenset([*_COUNTRIES.split(), *_GENERIC.split(), *RESERVED])


def is_top_level(label: str) -> bool:
    """Whether a label ends domain names; one in another script, or its encoded form, is taken to.

    Examples
    --------
    >>> is_top_level("org"), is_top_level("png"), is_top_level("рф")
    (True, False, True)
    """
    return label.lower() in _KNOWN or label.lower().startswith("xn--") or not label.isascii()
