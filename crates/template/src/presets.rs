//! Templates to begin with.

/// A template that comes with Hookbench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// What it is called.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// What it is sent as.
    pub content_type: &'static str,
    /// The template.
    pub text: &'static str,
}

/// All of them.
pub const PRESETS: [Preset; 3] = [
    Preset {
        name: "slack",
        title: "Slack message",
        summary: "A message for an incoming webhook of Slack, or of Mattermost, with the fields of the event",
        content_type: crate::JSON,
        text: include_str!("../presets/slack.json.jinja"),
    },
    Preset {
        name: "form",
        title: "Flat form",
        summary: "The fields of the event as a form, for endpoints that read no JSON",
        content_type: crate::FORM,
        text: include_str!("../presets/form.jinja"),
    },
    Preset {
        name: "crm",
        title: "CRM record",
        summary: "A flat JSON record: what happened, when, to whom, and every field of the event",
        content_type: crate::JSON,
        text: include_str!("../presets/crm.json.jinja"),
    },
];

/// The one of that name.
#[must_use]
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}
