"""Settings that every system has, so that they are the same wherever they stand."""

from core.i18n import _
from core.settings.kinds import Address, Choice, Location, ProxyAddress
from core.settings.secret import Secret
from core.settings.setting_field import SettingField

LOG_FILE = SettingField(
    "LOG_FILE",
    "log_file",
    "files",
    Location(),
    "logs/collector.log",
    lambda: _("The log file."),
    in_demo=False,
    written_to=True,
)
LOG_LEVEL = SettingField(
    "LOG_LEVEL",
    "log_level",
    "files",
    Choice(("DEBUG", "INFO", "WARNING", "ERROR")),
    "INFO",
    lambda: _("How much is written to the log."),
)
LOG_FORMAT = SettingField(
    "LOG_FORMAT",
    "log_format",
    "files",
    Choice(("text", "json")),
    "text",
    lambda: _("Lines of the log as text, or each as a JSON object for other programs."),
)
LANGUAGE = SettingField(
    "LANGUAGE",
    "language",
    "program",
    Choice(("ru", "en")),
    "",
    lambda: _("Language of the program; that of the system where none is set."),
    blank="",
)
TELEGRAM_API_URL = SettingField(
    "TELEGRAM_API_URL",
    "telegram_api_url",
    "telegram",
    Address(own_network=True),
    "https://api.telegram.org",
    lambda: _("Address of the Telegram Bot API, where the usual one cannot be reached."),
    in_demo=False,
)
TELEGRAM_PROXY = SettingField(
    "TELEGRAM_PROXY",
    "telegram_proxy",
    "telegram",
    ProxyAddress(("http", "https", "socks5", "socks5h")),
    "",
    lambda: _("Proxy for Telegram, such as socks5://user:password@host:1080; empty for none."),
    blank=Secret(),
    in_demo=False,
)
