pub(super) fn cases(_cases: &mut super::Cases) {}
