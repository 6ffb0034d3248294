using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailMesh.AdminApi;

/// <summary>The API's records as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Page<DomainView>))]
[JsonSerializable(typeof(NewDomain))]
[JsonSerializable(typeof(RemovedDomain))]
[JsonSerializable(typeof(Page<AccountView>))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(AccountChange))]
[JsonSerializable(typeof(RemovedAccount))]
[JsonSerializable(typeof(Page<MailboxView>))]
[JsonSerializable(typeof(AccountDetails))]
[JsonSerializable(typeof(Page<AliasView>))]
[JsonSerializable(typeof(NewAlias))]
[JsonSerializable(typeof(RemovedAlias))]
[JsonSerializable(typeof(Page<RouteView>))]
[JsonSerializable(typeof(NewRoute))]
[JsonSerializable(typeof(Page<QueueItem>))]
[JsonSerializable(typeof(QueueChange))]
[JsonSerializable(typeof(Page<ScheduledView>))]
[JsonSerializable(typeof(ScheduledChange))]
[JsonSerializable(typeof(MessageStory))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Page<FoundMessage>))]
[JsonSerializable(typeof(Page<BanView>))]
[JsonSerializable(typeof(BanView))]
[JsonSerializable(typeof(NewBan))]
[JsonSerializable(typeof(Page<ErrorView>))]
[JsonSerializable(typeof(ErrorDetails))]
[JsonSerializable(typeof(ErrorsChange))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(Page<Diagnosis>))]
public sealed partial class AdminJson : JsonSerializerContext;
