"""What Windows reads from the .exe itself: its version and how it wants to be run."""

from typing import Any

# Sharp at every scaling and on every screen, paths longer than 260 characters, today's
# buttons and menus, and no question for administrator rights. Its two identifiers are Microsoft's
# and public: the Id of supportedOS stands for Windows 10 and 11, publicKeyToken for who signed the
# common controls (https://learn.microsoft.com/windows/win32/sbscs/application-manifests,
# https://learn.microsoft.com/windows/win32/controls/cookbook-overview).
MANIFEST = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security>
      <requestedPrivileges>
        <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
      </requestedPrivileges>
    </security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application>
      <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
    </application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings"
        >PerMonitorV2, PerMonitor</dpiAwareness>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings"
        >true</longPathAware>
    </windowsSettings>
  </application>
  <dependency>
    <dependentAssembly>
      <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0"
        processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
    </dependentAssembly>
  </dependency>
</assembly>
"""


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
