IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(args);
builder.Build().Run();
