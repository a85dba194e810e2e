//! The size rules of `NdkGetConnectionData`'s private data (NDK-CON-15, NDK-CON-16).
//!
//! Pure: [`super::dispatch`] copies what this decides.

/// What to do with the consumer's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Bytes of private data to copy to the start of the buffer.
    pub(crate) copy: usize,
    /// The value the length argument gets: the required size.
    pub(crate) required: usize,
    /// Whether the buffer held all of it; `STATUS_BUFFER_TOO_SMALL` otherwise.
    pub(crate) fits: bool,
}

/// The outcome for `held` bytes of private data and a buffer of `length` bytes.
///
/// NDK-CON-15: no buffer and length 0 succeeds and tells the size; a short buffer gets the part
/// that fits. `present` is whether a buffer pointer was given; a length without a buffer is the
/// consumer's error and nothing is written for it.
pub(crate) fn deliver(held: usize, present: bool, length: usize) -> Delivery {
    if !present {
        return Delivery {
            copy: 0,
            required: held,
            fits: length == 0,
        };
    }
    Delivery {
        copy: held.min(length),
        required: held,
        fits: length >= held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_buffer_the_size_is_told() {
        assert_eq!(
            deliver(56, false, 0),
            Delivery {
                copy: 0,
                required: 56,
                fits: true
            }
        );
    }

    #[test]
    fn a_short_buffer_gets_the_part_that_fits() {
        assert_eq!(
            deliver(56, true, 1),
            Delivery {
                copy: 1,
                required: 56,
                fits: false
            }
        );
        assert_eq!(
            deliver(56, true, 55),
            Delivery {
                copy: 55,
                required: 56,
                fits: false
            }
        );
        assert_eq!(
            deliver(56, true, 0),
            Delivery {
                copy: 0,
                required: 56,
                fits: false
            }
        );
    }

    #[test]
    fn a_buffer_of_the_size_or_more_gets_all() {
        assert_eq!(
            deliver(56, true, 56),
            Delivery {
                copy: 56,
                required: 56,
                fits: true
            }
        );
        assert_eq!(
            deliver(56, true, 256),
            Delivery {
                copy: 56,
                required: 56,
                fits: true
            }
        );
        assert_eq!(
            deliver(0, true, 256),
            Delivery {
                copy: 0,
                required: 0,
                fits: true
            }
        );
    }
}
