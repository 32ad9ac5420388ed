"""What Windows reads from the .exe itself: its version and how it wants to be run."""

from typing import Any

# Sharp at every scaling and on every screen, from the start and not only once CustomTkinter asks.
_SHARP = """
      <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings"
        >PerMonitorV2, PerMonitor</dpiAwareness>"""
_SETTINGS = "<windowsSettings>"


def manifest() -> str:
    """PyInstaller's own (Windows 10 and 11, long paths, today's buttons, no question for
    administrator rights), and sharp."""
    from PyInstaller.utils.win32.winmanifest import create_application_manifest

    usual = create_application_manifest().decode()
    if _SETTINGS not in usual:
        raise ValueError("PyInstaller's manifest has no place for settings any more")
    return str(usual.replace(_SETTINGS, _SETTINGS + _SHARP, 1))


def version_resource(version: str) -> Any:
    """What Explorer shows under Properties > Details; only where PyInstaller runs on Windows."""
    from PyInstaller.utils.win32 import versioninfo as info

    numbers = (*(int(part) for part in version.split(".")), 0, 0, 0, 0)[:4]
    texts = {
        "CompanyName": "DataMaster Collector",
        "FileDescription": "DataMaster Collector",
        "FileVersion": version,
        "InternalName": "DataMasterCollector",
        "LegalCopyright": "MIT licence",
        "OriginalFilename": "DataMasterCollector.exe",
        "ProductName": "DataMaster Collector",
        "ProductVersion": version,
    }
    english, unicode = 0x0409, 1200
    strings = [info.StringStruct(name, text) for name, text in texts.items()]
    return info.VSVersionInfo(
        ffi=info.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            info.StringFileInfo([info.StringTable(f"{english:04X}{unicode:04X}", strings)]),
            info.VarFileInfo([info.VarStruct("Translation", [english, unicode])]),
        ],
    )
