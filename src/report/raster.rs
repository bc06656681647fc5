//! SVG to PNG, with the bundled font only. Bands of rows are drawn and packed
//! side by side.

mod pack;

use super::ReportError;
use super::font;
use pack::Band;
use rayon::prelude::*;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg;
use std::sync::{Arc, LazyLock};

/// Pixels of the PNG per unit of the SVG: sharp in a document. Time goes with the
/// square of it, and the SVG stands beside for those who want more.
const SCALE: f32 = 1.5;

/// Rows of the PNG in a band: each costs a walk through all of the SVG, and fits
/// a cache better the smaller it is.
const BAND: u32 = 512;

/// Rows above and below that are drawn with a band: where a shape is cut at the
/// edge of a drawing, it gets other shades in the rows beside.
const MARGIN: u32 = 8;

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut db = usvg::fontdb::Database::new();
    db.load_font_data(font::REGULAR.to_vec());
    db.load_font_data(font::SEMIBOLD.to_vec());
    db.set_sans_serif_family(font::FAMILY);
    Arc::new(db)
});

/// Renders an SVG at one and a half of its size. Any text whose family is unknown is set in
/// the bundled font; no file and no system font is read. The same bytes for any
/// number of threads.
pub fn png(svg: &str) -> Result<Vec<u8>, ReportError> {
    let tree = read(svg)?;
    let (width, height) = pixels(&tree);
    let failed = |text: String| ReportError::Encode(text);
    let bands = (0..height.div_ceil(BAND))
        .into_par_iter()
        .map_init(
            || Pixmap::new(width, BAND.min(height) + 2 * MARGIN),
            |canvas, number| {
                let size = ReportError::Size { width, height };
                let canvas = canvas.as_mut().ok_or(size)?;
                let from = number * BAND;
                let rows = BAND.min(height - from);
                let drawn = draw(&tree, canvas, from, rows);
                Band::pack(drawn, width).map_err(|e| failed(e.to_string()))
            },
        )
        .collect::<Result<Vec<Band>, ReportError>>()?;
    encode(width, height, &bands).map_err(|e| failed(e.to_string()))
}

fn read(svg: &str) -> Result<usvg::Tree, ReportError> {
    let options = usvg::Options {
        fontdb: Arc::clone(&FONTS),
        font_family: font::FAMILY.to_owned(),
        resources_dir: None,
        ..usvg::Options::default()
    };
    Ok(usvg::Tree::from_str(svg, &options)?)
}

/// Width and height of the PNG.
fn pixels(tree: &usvg::Tree) -> (u32, u32) {
    let size = tree.size();
    let pixels = |length: f32| (length * SCALE).round() as u32;
    (pixels(size.width()), pixels(size.height()))
}

/// Draws `rows` rows of the picture from row `from` on; their RGBA pixels.
fn draw<'a>(tree: &usvg::Tree, canvas: &'a mut Pixmap, from: u32, rows: u32) -> &'a [u8] {
    canvas.fill(Color::WHITE);
    let down = MARGIN as f32 - from as f32;
    let place = Transform::from_scale(SCALE, SCALE).post_translate(0.0, down);
    resvg::render(tree, place, &mut canvas.as_mut());
    let row = 4 * canvas.width() as usize;
    &canvas.data()[row * MARGIN as usize..][..row * rows as usize]
}

/// An opaque picture as PNG.
fn encode(width: u32, height: u32, bands: &[Band]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_chunk(png::chunk::IDAT, &pack::stream(bands))?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines in all directions, an area that touches every row, text.
    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"1067\">\
        <g transform=\"scale(1.333333)\"><defs><linearGradient id=\"g\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" x2=\"0\" y1=\"0\" \
        y2=\"800\"><stop offset=\"0\" stop-color=\"#ff8000\"/><stop offset=\"1\" stop-color=\"#0040ff\"/>\
        </linearGradient></defs><path d=\"M40 0L90.3 800L9.1 800z\" fill=\"url(#g)\"/>\
        <path d=\"M3 3L290.7 770.2L20 400L280 250L150 520L155.5 100\" fill=\"none\" stroke=\"#1d2733\" \
        stroke-width=\"1.4\" stroke-linejoin=\"round\"/><circle cx=\"200\" cy=\"256\" r=\"60\" \
        fill=\"#2a6fb5\" fill-opacity=\"0.5\"/><text x=\"120\" y=\"518\" font-size=\"30\">Bands</text></g></svg>";

    #[test]
    fn bands_join_without_a_seam() {
        let tree = read(SVG).unwrap();
        let (width, height) = pixels(&tree);
        assert!(height > 3 * BAND);
        let mut whole = Pixmap::new(width, height + 2 * MARGIN).unwrap();
        let whole = draw(&tree, &mut whole, 0, height);
        let file = png(SVG).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut read).unwrap();
        let pairs = whole.chunks_exact(4).zip(read.chunks_exact(3));
        let worst = pairs
            .flat_map(|(w, r)| (0..3).map(move |i| w[i].abs_diff(r[i])))
            .max();
        // Where a band cuts a slanted shape, its rim may gain or lose one of the
        // 4 by 4 samples of a pixel. Without the margin it is three.
        assert!(worst <= Some(16), "{worst:?}");
    }

    #[test]
    fn fails_for_a_picture_that_no_memory_holds() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900000000\" height=\"9\"/>";
        assert!(matches!(png(svg), Err(ReportError::Size { .. })));
    }
}
