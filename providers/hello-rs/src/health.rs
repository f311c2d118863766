// SPDX-License-Identifier: Apache-2.0

//! The health service, for the empty service name. Unlike the library's, it ends its watches when this provider stops: an orderly stop
//! would wait for them in vain.

use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus, health_server};

pub struct Health {
    stopping: watch::Receiver<bool>,
}

impl Health {
    /// SERVING until `stopping` holds true.
    pub fn new(stopping: watch::Receiver<bool>) -> Self {
        Health { stopping }
    }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        if !request.get_ref().service.is_empty() {
            return Err(Status::not_found("unknown service"));
        }
        Ok(Response::new(response(status(*self.stopping.borrow()))))
    }

    type WatchStream = ReceiverStream<Result<HealthCheckResponse, Status>>;

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let known = request.get_ref().service.is_empty();
        let mut stopping = self.stopping.clone();
        let (watch, responses) = mpsc::channel(3); // as many as are ever sent
        tokio::spawn(async move {
            let first = if known { status(*stopping.borrow_and_update()) } else { ServingStatus::ServiceUnknown };
            let _ = watch.try_send(Ok(response(first)));
            if first != ServingStatus::NotServing {
                tokio::select! {
                    () = watch.closed() => return,
                    _ = stopping.wait_for(|stopping| *stopping) => {}
                }
                if known {
                    let _ = watch.try_send(Ok(response(ServingStatus::NotServing)));
                }
            }
            let _ = watch.try_send(Err(Status::unavailable("the provider stops")));
        });
        Ok(Response::new(ReceiverStream::new(responses)))
    }
}

fn status(stopping: bool) -> ServingStatus {
    if stopping { ServingStatus::NotServing } else { ServingStatus::Serving }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}
