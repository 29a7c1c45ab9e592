/** @jsxImportSource react */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { api, ask } from '#web/console/src/api/client.ts'
import { useLanguage, useWords } from '#web/console/src/app/language.tsx'
import { CheckAndSubmit } from '#web/console/src/parts/check-and-submit.tsx'
import { currentDay, dayAfter, groupDigits, shortDecimal } from '#web/console/src/parts/format.ts'
import { Facts } from '#web/console/src/parts/page.tsx'
import { Problem } from '#web/console/src/parts/problem.tsx'
import { buyer as buyerWords } from '#web/shared/words/buyer.ts'

type Given = Readonly<{
  product: string
  scenario: string
  purpose: string
  from: string
  to: string
  perDay?: number | null
  perMonth?: number | null
  perSecond: number
  concurrent: number
  networks?: string
}>

/** An application to use one product in one approved scenario, checked before it is filed. */
export function ApplyForUse(
  props: Readonly<{ productCode: string | undefined; onClose: () => void }>,
) {
  const w = useWords(buyerWords).apply
  const { language } = useLanguage()
  const [form] = Form.useForm<Given>()
  const [checking, setChecking] = useState<Given>()
  const code = Form.useWatch('product', form) ?? props.productCode
  const products = useQuery({
    queryKey: ['products'],
    queryFn: () => ask(api.v1.products.$get({ query: { limit: '200' } })),
  })
  const product = useQuery({
    queryKey: ['product', code],
    queryFn: () => ask(api.v1.products[':code'].$get({ param: { code: code ?? '' } })),
    enabled: code !== undefined,
  })
  const name = (of: Readonly<{ name: string; name_en: string }>) =>
    language === 'zh' ? of.name : of.name_en
  const scenarioId = Form.useWatch('scenario', form)
  const scenario = product.data?.scenarios.find(({ id }) => id === scenarioId)
  return (
    <Drawer
      open
      size={620}
      title={w.title}
      onClose={props.onClose}
      footer={
        <div className="page-actions">
          <Button
            type="primary"
            onClick={() =>
              void form
                .validateFields()
                .then(setChecking)
                .catch(() => undefined)
            }
          >
            {w.check}
          </Button>
        </div>
      }
    >
      {products.isError ? <Problem error={products.error} /> : null}
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        scrollToFirstError
        initialValues={{
          product: props.productCode,
          from: currentDay(),
          to: dayAfter(currentDay(), 364),
          perSecond: 20,
          concurrent: 10,
        }}
      >
        <Form.Item
          name="product"
          label={w.chooseProduct}
          rules={[{ required: true, message: w.required }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(products.data?.items ?? []).map((each) => ({
              value: each.code,
              label: name(each),
            }))}
            onChange={() => form.setFieldValue('scenario', undefined)}
          />
        </Form.Item>
        <Form.Item
          name="scenario"
          label={w.chooseScenario}
          extra={w.scenarioHint}
          rules={[{ required: true, message: w.required }]}
        >
          <Select
            disabled={!product.data}
            options={(product.data?.scenarios ?? []).map((each) => ({
              value: each.id,
              label: name(each),
            }))}
          />
        </Form.Item>
        {product.data && scenario ? (
          <PriceNow productId={product.data.id} purposeClass={scenario.purpose_class} />
        ) : null}
        <Form.Item
          name="purpose"
          label={w.purpose}
          extra={w.purposeHint}
          rules={[{ required: true, whitespace: true, message: w.required }]}
        >
          <Input.TextArea rows={3} maxLength={2000} showCount />
        </Form.Item>
        <div className="form-columns">
          <Form.Item name="from" label={w.from} rules={[{ required: true, message: w.required }]}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="to" label={w.to} rules={[{ required: true, message: w.required }]}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="perDay" label={w.perDay}>
            <InputNumber min={1} precision={0} placeholder={w.noLimit} />
          </Form.Item>
          <Form.Item name="perMonth" label={w.perMonth}>
            <InputNumber min={1} precision={0} placeholder={w.noLimit} />
          </Form.Item>
          <Form.Item
            name="perSecond"
            label={w.perSecond}
            rules={[{ required: true, message: w.required }]}
          >
            <InputNumber min={1} max={100_000} precision={0} />
          </Form.Item>
          <Form.Item
            name="concurrent"
            label={w.concurrent}
            rules={[{ required: true, message: w.required }]}
          >
            <InputNumber min={1} max={10_000} precision={0} />
          </Form.Item>
        </div>
        <Form.Item name="networks" label={w.networks}>
          <Input.TextArea rows={2} placeholder="203.0.113.0/24" />
        </Form.Item>
      </Form>
      {checking && product.data && scenario ? (
        <CheckApplication
          given={checking}
          productId={product.data.id}
          names={{ product: name(product.data), scenario: name(scenario) }}
          onClose={(isFiled) => {
            setChecking(undefined)
            if (isFiled) props.onClose()
          }}
        />
      ) : null}
    </Drawer>
  )
}

/** What it costs now, with the cap beside it; nothing where the purpose is free. */
function PriceNow(
  props: Readonly<{ productId: string; purposeClass: 'public_interest' | 'industry' }>,
) {
  const w = useWords(buyerWords).apply
  const board = useQuery({
    queryKey: ['price-board', props.productId],
    queryFn: () => ask(api.v1['price-board'].$get({ query: { product_id: props.productId } })),
  })
  if (props.purposeClass === 'public_interest') return <p className="formula">{w.free}</p>
  const tiers = (board.data?.items ?? []).flatMap((item) =>
    item.tiers.filter(({ posted_yuan }) => posted_yuan !== null).map((tier) => ({ item, tier })),
  )
  if (tiers.length === 0) return null
  return (
    <div className="formula">
      <div className="quiet">{w.price}</div>
      {tiers.map(({ item, tier }) => (
        <div key={`${item.price_item_id} ${tier.position}`} className="number">
          {item.name}{' '}
          {w.priceLine(shortDecimal(tier.posted_yuan ?? '0'), shortDecimal(tier.cap_yuan))}
        </div>
      ))}
    </div>
  )
}

function CheckApplication(
  props: Readonly<{
    given: Given
    productId: string
    names: Readonly<{ product: string; scenario: string }>
    onClose: (isFiled: boolean) => void
  }>,
) {
  const { given, names } = props
  const w = useWords(buyerWords).apply
  const queries = useQueryClient()
  const [isFiled, setFiled] = useState(false)
  const limit = (count: number | null | undefined) =>
    count ? groupDigits(String(count)) : w.noLimit
  const json = {
    product_id: props.productId,
    scenario_id: given.scenario,
    purpose: given.purpose.trim(),
    terms: {
      starts_on: given.from,
      ends_on: given.to,
      calls_per_day_max: given.perDay ? String(given.perDay) : null,
      calls_per_month_max: given.perMonth ? String(given.perMonth) : null,
      calls_per_second_max: given.perSecond,
      concurrent_calls_max: given.concurrent,
      networks: (given.networks ?? '').split(/\s+/).filter(Boolean),
    },
  }
  return (
    <CheckAndSubmit
      title={w.check}
      submitLabel={w.submit}
      check={
        <Facts
          facts={[
            { label: w.chooseProduct, value: names.product },
            { label: w.chooseScenario, value: names.scenario },
            { label: w.from, value: given.from },
            { label: w.to, value: given.to },
            { label: w.perDay, value: limit(given.perDay) },
            { label: w.perMonth, value: limit(given.perMonth) },
            { label: w.perSecond, value: limit(given.perSecond) },
            { label: w.concurrent, value: limit(given.concurrent) },
            { label: w.purpose, value: given.purpose, wide: true },
          ]}
        />
      }
      submit={async () => {
        const filed = await ask(api.v1['use-applications'].$post({ json }))
        setFiled(true)
        await queries.invalidateQueries({ queryKey: ['applications'] })
        return filed
      }}
      done={({ number }) => ({ title: w.done(number), next: w.next })}
      onClose={() => props.onClose(isFiled)}
    />
  )
}
