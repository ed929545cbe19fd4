package com.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.grpc.client.ImportGrpcClients;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;

@SpringBootApplication
@ImportGrpcClients(target = "other", types = SchedulerServiceBlockingStub.class)
public class GrpcServerApplication {

	public static void main(String[] args) {
		SpringApplication.run(GrpcServerApplication.class, args);
	}

}
