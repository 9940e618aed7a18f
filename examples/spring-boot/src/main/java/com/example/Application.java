package com.example;

import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import java.util.concurrent.CompletableFuture;

/** Serves images: http://localhost:8080/images/7/42 is a seven of seed 42. */
@SpringBootApplication
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    // closed with the application: Spring calls close()
    @Bean
    Sampler sampler(@Value("${getj.weights:builtin:strokes}") String weights) {
        Sampler sampler = Sampler.load(WeightsLocation.parse(weights));
        sampler.sample(SampleRequest.of(1)); // before the first user waits
        return sampler;
    }

    @RestController
    static class Images {
        private final Sampler sampler;

        Images(Sampler sampler) {
            this.sampler = sampler;
        }

        @GetMapping(value = "/images/{label}/{seed}", produces = MediaType.IMAGE_PNG_VALUE)
        CompletableFuture<byte[]> image(@PathVariable String label, @PathVariable long seed) {
            int number = sampler.config().classOf(label);
            return sampler.sampleAsync(SampleRequest.of(1).withSeed(seed).withLabel(number))
                    .thenApply(samples -> samples.png(0));
        }

        @ExceptionHandler(IllegalArgumentException.class)
        ProblemDetail refused(IllegalArgumentException e) {
            return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }
}
