//! The main job: RDMA over real TCP through the shipped image.
