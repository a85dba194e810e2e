//! Shared vocabulary: work requests, completions, STags, queue pair states.
