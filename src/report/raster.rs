//! SVG to PNG, with the bundled font only.

use super::ReportError;
use super::font;
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, LazyLock};

/// Pixels of the PNG per unit of the SVG.
const SCALE: f32 = 2.0;

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut db = usvg::fontdb::Database::new();
    db.load_font_data(font::REGULAR.to_vec());
    db.load_font_data(font::SEMIBOLD.to_vec());
    db.set_sans_serif_family(font::FAMILY);
    Arc::new(db)
});

/// Renders an SVG at twice its size. Any text whose family is unknown is set in
/// the bundled font; no file and no system font is read.
pub fn png(svg: &str) -> Result<Vec<u8>, ReportError> {
    let options = usvg::Options {
        fontdb: Arc::clone(&FONTS),
        font_family: font::FAMILY.to_owned(),
        resources_dir: None,
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size();
    let width = (size.width() * SCALE).round() as u32;
    let height = (size.height() * SCALE).round() as u32;
    let mut pixmap =
        tiny_skia::Pixmap::new(width, height).ok_or(ReportError::Size { width, height })?;
    pixmap.fill(tiny_skia::Color::WHITE);
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(SCALE, SCALE),
        &mut pixmap.as_mut(),
    );
    encode(pixmap).map_err(|e| ReportError::Encode(e.to_string()))
}

/// An opaque picture as PNG. The quick compression: a picture of lines and
/// areas hardly gets smaller by the thorough one, which takes as long as the
/// simulation of a month.
fn encode(pixmap: tiny_skia::Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = (pixmap.width(), pixmap.height());
    // Without its alpha, in place: a copy would take as long again.
    let mut rgb = pixmap.take();
    let pixels = rgb.len() / 4;
    for i in 0..pixels {
        let from = &rgb[4 * i..][..3];
        let colour = [from[0], from[1], from[2]];
        rgb[3 * i..][..3].copy_from_slice(&colour);
    }
    rgb.truncate(3 * pixels);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}
