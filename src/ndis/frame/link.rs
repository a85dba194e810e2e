//! The state of a link, as the NIC below has it and as it is told above.

/// Whether there is a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) enum Media {
    /// The NIC cannot tell.
    Unknown,
    Connected,
    Disconnected,
}

/// Speeds are bits a second; `None` when unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct Link {
    pub(in crate::ndis) media: Media,
    pub(in crate::ndis) full_duplex: Option<bool>,
    pub(in crate::ndis) transmit: Option<u64>,
    pub(in crate::ndis) receive: Option<u64>,
}

impl Link {
    /// No NIC, or one without a medium. What it could do is unknown then.
    pub(in crate::ndis) const DOWN: Self = Self {
        media: Media::Disconnected,
        full_duplex: None,
        transmit: None,
        receive: None,
    };

    /// What is told of it: of a link without a medium, only that.
    pub(in crate::ndis) fn as_told(self) -> Self {
        match self.media {
            Media::Disconnected => Self::DOWN,
            Media::Unknown | Media::Connected => self,
        }
    }
}
