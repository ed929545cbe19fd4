package com.example;

import io.grpc.BindableService;
import io.grpc.protobuf.services.ChannelzService;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.ImportGrpcClients;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;

@SpringBootApplication
@ImportGrpcClients(target = "other", types = SchedulerServiceBlockingStub.class)
public class GrpcServerApplication {

	public static void main(String[] args) {
		SpringApplication.run(GrpcServerApplication.class, args);
	}

	@Bean
	BindableService channelz() {
		return ChannelzService.newInstance(100);
	}

}
