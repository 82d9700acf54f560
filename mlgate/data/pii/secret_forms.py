"""Forms of tokens that services hand out: the characters that they begin with, which nothing else does.

Patterns are in the part of the syntax that RE2 and Python share. Sources: the services' own pages on secret scanning.
"""

from __future__ import annotations

from mlgate.late import dataclass

_WORD = "[0-9A-Za-z]"
_URL = "[0-9A-Za-z_-]"
_HEX = "[0-9a-f]"
_IS = "[\"' ]{0,2}[=:][\"' ]{0,2}"


@dataclass(frozen=True, slots=True)
class SecretForm:
    """A service's token.

    Parameters
    ----------
    name : in words
    starts : texts of which one is in every token: looked for first
    pattern : the whole token, without what stands around it
    anywhere : whether other characters may stand right before and behind it
    least : characters that a text has at least in which one stands
    """

    name: str
    starts: tuple[str, ...]
    pattern: str
    anywhere: bool = False
    least: int = 20


def _form(name: str, pattern: str, *starts: str, anywhere: bool = False, least: int = 20) -> SecretForm:
    return SecretForm(name, starts, pattern, anywhere, least)


IN_ADDRESS = "password in an address"

SECRET_FORMS: tuple[SecretForm, ...] = (
    _form("AWS access key", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}|AKIA[0-9A-Z]{9}EXAMPLE", "AKIA", "ASIA", "ABIA",
          "ACCA"),
    _form("GitHub token", f"gh[pousr]_{_WORD}{{36}}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    _form("GitHub token", f"github_pat_{_WORD}{{22}}_{_WORD}{{59}}", "github_pat_"),
    _form("GitLab token", f"gl(?:pat|ptt|dt|rt|ft|soat|agent|cbt)-{_URL}{{20,64}}", "glpat-", "glptt-", "gldt-",
          "glrt-", "glft-", "glsoat-", "glagent-", "glcbt-"),
    _form("Slack token", f"xox[abeoprs]-(?:[0-9]+-){{1,3}}{_URL}{{16,80}}", "xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-",
          "xoxr-", "xoxs-"),
    _form("Slack app token", f"xapp-[0-9]-{_WORD}{{8,16}}-[0-9]{{8,16}}-{_WORD}{{32,80}}", "xapp-"),
    _form("Slack webhook", f"hooks\\.slack\\.com/services/T{_WORD}{{6,12}}/B{_WORD}{{6,12}}/{_WORD}{{20,32}}",
          "hooks.slack.com/services/", anywhere=True),
    _form("Stripe key", f"[rs]k_(?:live|test|prod)_{_WORD}{{16,128}}", "sk_live_", "rk_live_", "sk_test_", "rk_test_",
          "sk_prod_", "rk_prod_"),
    _form("Stripe webhook secret", f"whsec_{_WORD}{{24,64}}", "whsec_"),
    _form("Google API key", f"AIza{_URL}{{35}}", "AIza"),
    _form("Google OAuth secret", f"GOCSPX-{_URL}{{28}}", "GOCSPX-"),
    _form("Google OAuth token", f"ya29\\.{_URL}{{40,400}}", "ya29."),
    _form("OpenAI key", f"sk-(?:proj-|svcacct-|admin-|None-)?{_URL}{{16,120}}T3BlbkFJ{_URL}{{16,120}}", "T3BlbkFJ"),
    _form("Anthropic key", f"sk-ant-(?:api|admin|oat|sid)[0-9]{{2}}-{_URL}{{60,120}}", "sk-ant-"),
    _form("Hugging Face token", f"(?:hf|api_org)_{_WORD}{{34,40}}", "hf_", "api_org_"),
    _form("Replicate token", f"r8_{_WORD}{{37,40}}", "r8_"),
    _form("Groq key", f"gsk_{_WORD}{{48,56}}", "gsk_"),
    _form("Databricks token", f"dapi{_HEX}{{32}}(?:-[0-9])?", "dapi"),
    _form("PyPI token", f"pypi-AgE{_URL}{{60,240}}", "pypi-AgE"),
    _form("npm token", f"npm_{_WORD}{{36}}", "npm_"),
    _form("Docker token", f"dckr_(?:pat|oat)_{_URL}{{24,40}}", "dckr_pat_", "dckr_oat_"),
    _form("SendGrid key", f"SG\\.{_URL}{{16,32}}\\.{_URL}{{32,64}}", "SG."),
    _form("Twilio key", f"SK{_HEX}{{32}}", "SK"),
    _form("Mailgun key", f"key-{_HEX}{{32}}", "key-"),
    _form("Mailchimp key", f"{_HEX}{{32}}-us[0-9]{{1,2}}", "-us"),
    _form("Telegram bot token", f"[0-9]{{8,10}}:AA{_URL}{{33}}", ":AA"),
    _form("Discord token", f"(?:M[TDz]|N[zjd]|O[DT]){_URL}{{22,26}}\\.{_URL}{{6}}\\.{_URL}{{27,40}}", "MT", "MD", "Mz",
          "Nz", "Nj", "Nd", "OD", "OT", least=58),
    _form("Discord webhook", f"discord(?:app)?\\.com/api/webhooks/[0-9]{{16,20}}/{_URL}{{60,72}}", "/api/webhooks/",
          anywhere=True),
    _form("DigitalOcean token", f"do[opr]_v1_{_HEX}{{64}}", "doo_v1_", "dop_v1_", "dor_v1_"),
    _form("Shopify token", f"shp(?:at|ca|pa|ss)_{_WORD}{{32}}", "shpat_", "shpca_", "shppa_", "shpss_"),
    _form("Square token", f"sq0(?:atp|csp)-{_URL}{{22,43}}", "sq0atp-", "sq0csp-"),
    _form("Azure storage key", "AccountKey=[0-9A-Za-z+/]{86}==", "AccountKey=", anywhere=True),
    _form("Azure secret", f"{_URL}{{3}}[0-9]Q~[0-9A-Za-z_.~-]{{31,34}}", "Q~"),
    _form("AWS secret key",
          f"(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|aws_secret_key|SecretAccessKey){_IS}[0-9A-Za-z/+]{{40}}",
          "aws_secret", "AWS_SECRET", "SecretAccessKey", anywhere=True),
    _form("Linear key", f"lin_(?:api|oauth)_{_WORD}{{40,64}}", "lin_api_", "lin_oauth_"),
    _form("Notion token", f"(?:ntn_{_WORD}{{40,50}}|secret_{_WORD}{{43}})", "ntn_", "secret_"),
    _form("Postman key", f"PMAK-{_HEX}{{24}}-{_HEX}{{34}}", "PMAK-"),
    _form("Grafana token", f"gl(?:sa_{_WORD}{{32}}_{_HEX[:-1]}A-F]{{8}}|c_[0-9A-Za-z+/]{{32,400}}={{0,2}})", "glsa_",
          "glc_"),
    _form("Atlassian token", "ATATT3[0-9A-Za-z_=-]{180,200}", "ATATT3"),
    _form("Vault token", f"hv[sb]\\.{_URL}{{24,300}}", "hvs.", "hvb."),
    _form("Terraform token", f"{_WORD}{{14}}\\.atlasv1\\.{_URL}{{60,70}}", ".atlasv1."),
    _form("New Relic key", "NRAK-[0-9A-Z]{27}", "NRAK-"),
    _form("Doppler token", f"dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{{2,35}}\\.)?{_WORD}{{40,44}}", "dp."),
    _form("PlanetScale token", "pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=-]{32,64}", "pscale_"),
    _form("Sentry token", "sntry[su]_[0-9A-Za-z_=+/-]{60,400}", "sntrys_", "sntryu_"),
    _form("Age secret key", "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "AGE-SECRET-KEY-1"),
    _form("Weights & Biases key", f"(?:WANDB_API_KEY|wandb_api_key){_IS}{_HEX}{{40}}", "WANDB_API_KEY", "wandb_api_key",
          anywhere=True),
    _form(IN_ADDRESS,
          "[A-Za-z][0-9A-Za-z+.-]{1,20}://[^\\s/:@\"'<>\\[\\]]{1,64}:[^\\s/@\"'<>\\[\\]]{3,128}@[^\\s/@\"'<>]{2,}",
          "://", anywhere=True, least=12),
)  # fmt: skip
"""Tokens in the order in which they are tried."""
