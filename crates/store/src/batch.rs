//! Set-based statements: many rows in one statement, in a few fixed sizes so that each is
//! prepared once.

const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// Cuts rows into pieces of 64, 32, 16 and so on.
pub(crate) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| rows.len() >= *size)?;
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_every_row_once_in_order() {
        for n in [0, 1, 3, 4, 63, 64, 100, 333] {
            let rows: Vec<usize> = (0..n).collect();
            let again: Vec<usize> = pieces(&rows).flatten().copied().collect();
            assert_eq!(again, rows);
            assert!(pieces(&rows).all(|p| SIZES.contains(&p.len())));
        }
    }
}
