//! The data of a PNG in bands of rows, so that they can be packed side by side.
//!
//! A PNG holds one zlib stream (RFC 1950). Bands are deflated by themselves, each
//! up to a whole byte, and stand one after the other in it; so do their check sums.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use simd_adler32::adler32;

/// Begins a zlib stream: deflate with a window of 32 KiB, the quickest way.
const HEAD: [u8; 2] = [0x78, 0x01];
/// The last block of a deflated stream, empty (RFC 1951).
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Filters of a row in a PNG: as it is, and as the difference to the row above.
const AS_IT_IS: u8 = 0;
const UP: u8 = 2;

/// Some rows of a picture, deflated.
pub(super) struct Band {
    deflated: Vec<u8>,
    check: Check,
}

impl Band {
    /// Packs rows of opaque RGBA pixels as RGB. The quickest level: a picture of
    /// lines and areas hardly gets smaller by better ones, which take as long as
    /// the simulation of a month.
    pub(super) fn pack(rgba: &[u8], width: u32) -> io::Result<Self> {
        let width = width as usize;
        let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
        let mut check = Check::default();
        let mut line = vec![0; 1 + 3 * width];
        let mut beyond = vec![0; 4 * width];
        let mut above = None;
        for row in rgba.chunks_exact(4 * width) {
            line[0] = if above.is_some() { UP } else { AS_IT_IS };
            let same = above == Some(row);
            if same {
                // Most rows are so: a shape is several high, paper many.
                line[1..].fill(0);
            } else {
                let pixels = match above {
                    None => row,
                    Some(above) => {
                        for (to, (now, above)) in beyond.iter_mut().zip(row.iter().zip(above)) {
                            *to = now.wrapping_sub(*above);
                        }
                        &beyond
                    }
                };
                without_alpha(pixels, &mut line[1..]);
            }
            let (first, rest) = line.split_at(1);
            check = check.then(Check::of(first)).then(match same {
                true => Check::of_zeros(rest.len()),
                false => Check::of(rest),
            });
            out.write_all(&line)?;
            above = Some(row);
        }
        out.flush()?;
        Ok(Self {
            deflated: std::mem::take(out.get_mut()),
            check,
        })
    }
}

/// The zlib stream of bands in their order.
pub(super) fn stream(bands: &[Band]) -> Vec<u8> {
    let mut check = Check::START;
    let mut out = HEAD.to_vec();
    for band in bands {
        out.extend_from_slice(&band.deflated);
        check = check.then(band.check);
    }
    out.extend_from_slice(&LAST_BLOCK);
    out.extend_from_slice(&check.adler32().to_be_bytes());
    out
}

/// The colours of pixels, four pixels at a time as they lie in one number.
fn without_alpha(pixels: &[u8], line: &mut [u8]) {
    let (fours, rest) = pixels.as_chunks::<16>();
    let (twelves, line_rest) = line.as_chunks_mut::<12>();
    for (to, from) in twelves.iter_mut().zip(fours) {
        let from = u128::from_le_bytes(*from);
        let colours = from & 0x00ff_ffff
            | from >> 8 & 0x00ff_ffff << 24
            | from >> 16 & 0x00ff_ffff << 48
            | from >> 24 & 0x00ff_ffff << 72;
        to.copy_from_slice(&colours.to_le_bytes()[..12]);
    }
    let rest = rest.as_chunks::<4>().0;
    for (to, pixel) in line_rest.as_chunks_mut::<3>().0.iter_mut().zip(rest) {
        to.copy_from_slice(&pixel[..3]);
    }
}

/// Sums of bytes for Adler-32 (RFC 1950), of stretches that can be joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Check {
    length: u64,
    /// The sum of all bytes, and the sum of that after each byte.
    sum: u64,
    sums: u64,
}

impl Check {
    /// Before the first byte.
    const START: Self = Self {
        length: 0,
        sum: 1,
        sums: 0,
    };
    /// The largest prime below 2^16.
    const MODULUS: u64 = 65_521;

    fn of(bytes: &[u8]) -> Self {
        let length = bytes.len() as u64;
        let both = adler32(&bytes);
        // Less the 1 from which the sums begin, and which is in the sum after each byte.
        let (sum, sums) = (u64::from(both & 0xffff), u64::from(both >> 16));
        let less = |sum: u64, start: u64| (sum + Self::MODULUS - start) % Self::MODULUS;
        Self {
            length,
            sum: less(sum, 1),
            sums: less(sums, length % Self::MODULUS),
        }
    }

    fn of_zeros(length: usize) -> Self {
        Self {
            length: length as u64,
            ..Self::default()
        }
    }

    /// These bytes, and `next` behind them.
    fn then(self, next: Self) -> Self {
        Self {
            length: self.length + next.length,
            sum: (self.sum + next.sum) % Self::MODULUS,
            sums: (self.sums + next.length % Self::MODULUS * self.sum + next.sums) % Self::MODULUS,
        }
    }

    fn adler32(self) -> u32 {
        (self.sums as u32) << 16 | self.sum as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels, three rows alike each.
    fn pixels(width: usize, rows: usize) -> Vec<u8> {
        let pixel = |i: usize| {
            let (x, y) = (i % width, i / width / 3);
            [(x * y % 251) as u8, (y / 2) as u8, (x % 3 * 90) as u8, 255]
        };
        (0..width * rows).flat_map(pixel).collect()
    }

    #[test]
    fn bands_unpack_to_the_rows_that_they_were_made_of() {
        let (width, rows) = (1500, 40);
        let all = pixels(width, rows);
        for cut in [0, 1, 17, rows] {
            let (first, second) = all.split_at(4 * width * cut);
            let bands = [first, second].map(|rgba| Band::pack(rgba, width as u32).unwrap());
            // The reader checks the sum at the stream's end.
            let mut read = Vec::new();
            let stream = stream(&bands);
            io::copy(&mut flate2::read::ZlibDecoder::new(&stream[..]), &mut read).unwrap();
            let mut above = vec![0_u8; 3 * width];
            for (y, line) in read.chunks_exact(1 + 3 * width).enumerate() {
                let filter = if y == 0 || y == cut { AS_IT_IS } else { UP };
                assert_eq!(line[0], filter, "row {y}");
                for (above, byte) in above.iter_mut().zip(&line[1..]) {
                    let base = if filter == UP { *above } else { 0 };
                    *above = base.wrapping_add(*byte);
                }
                let row = all[4 * width * y..][..4 * width].chunks_exact(4);
                assert!(row.zip(above.chunks_exact(3)).all(|(a, b)| a[..3] == *b));
            }
            assert_eq!(read.len(), rows * (1 + 3 * width));
        }
    }

    #[test]
    fn the_check_sum_of_a_known_text() {
        // "Wikipedia": the sum that Wikipedia's page on Adler-32 works out.
        let of = |text: &[u8]| Check::START.then(Check::of(text)).adler32();
        assert_eq!(of(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(of(b""), 1);
        // All of the largest byte, where sums are largest: worked out byte by byte.
        let (mut sum, mut sums) = (1_u32, 0_u32);
        for _ in 0..100_000 {
            sum = (sum + 255) % 65_521;
            sums = (sums + sum) % 65_521;
        }
        assert_eq!(of(&[255; 100_000]), sums << 16 | sum);
        assert_eq!(Check::of(&[0; 9000]), Check::of_zeros(9000));
    }
}
